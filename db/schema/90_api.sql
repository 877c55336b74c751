-- The public surface: what drivers, operators and the web call, and nothing else. Functions run as the owner, views show what their names say.

set local role rookery_owner;

create schema api;
comment on schema api is 'The public surface of Rookery.';
