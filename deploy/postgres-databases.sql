-- Run once, by an empty server. The database accord is made by POSTGRES_DB.
create database temporal;
create database temporal_visibility;
