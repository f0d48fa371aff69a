#!/bin/sh
# An empty server runs this once. Each role owns its databases and is no superuser: an injected statement reads no files and starts no programs.
set -eu

psql --set=ON_ERROR_STOP=1 --username=postgres --set=password="$POSTGRES_PASSWORD" <<'SQL'
create role accord login password :'password';
create role temporal login password :'password';
create database accord owner accord;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke connect on database accord, temporal, temporal_visibility from public;
-- Local connections in the container need no password; over TCP nobody is the superuser.
alter role postgres password null;
SQL
