-- An empty server runs this once. POSTGRES_DB creates the database accord.
create database temporal;
create database temporal_visibility;
