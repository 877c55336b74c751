-- Constraints of engine that carry a rule.
begin;
select plan(2);

select throws_like($$ insert into engine.workers values (' ', now(), now()) $$, '%"worker_has_a_name"%', 'E6: a worker has a name');
select test.tick('w') \g /dev/null
select throws_like($$ insert into engine.workers values ('w', now(), now()) $$, '%"workers_pkey"%', 'E6: of its own');

select * from finish();
rollback;
