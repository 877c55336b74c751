-- Where the bytes are.
begin;
select plan(9);

set local role rookery_reader;
select is((select array_agg(room) from api.table_sizes() where table_name is null), '{base,graph,ingest,asset,engine,null}', 'a row for each room, in their order, and one for all at the end');
select is((select array_agg(distinct room order by room) from api.table_sizes() where table_name is not null), '{asset,base,engine,graph,ingest}', 'and one for each table of theirs');
reset role;
select results_eq($$ select table_name from api.table_sizes() where room = 'graph' and table_name is not null order by 1 $$,
  $$ select relname::text collate "default" from pg_catalog.pg_class where relnamespace = 'graph'::regnamespace and relkind = 'r' order by 1 $$, 'every table is there');
select is_empty($$ select * from api.table_sizes() where total_bytes <> table_bytes + index_bytes + toast_bytes $$, 'a table is its rows, its indexes and its toast');
select is_empty($$ select * from api.table_sizes() where table_name is not null and total_bytes <> pg_total_relation_size(format('%I.%I', room, table_name)) $$, 'to the byte');
select results_eq($$ select room, sum(total_bytes) from api.table_sizes() where table_name is not null group by room order by room $$,
  $$ select room, total_bytes::numeric from api.table_sizes() where table_name is null and room is not null order by room $$, 'a room is its tables');
select is((select total_bytes::numeric from api.table_sizes() where room is null), (select sum(total_bytes) from api.table_sizes() where table_name is not null), 'and all is all rooms');
select is((select vacuum_after from api.table_sizes() where table_name = 'marks'), 2000::bigint, 'W7: when autovacuum comes is by the table''s own setting');
alter table engine.workers set (autovacuum_vacuum_threshold = 7, autovacuum_vacuum_scale_factor = 0);
select is((select vacuum_after from api.table_sizes() where table_name = 'workers'), 7::bigint, 'W7: as it is now');

select * from finish();
rollback;
