create or replace function base.recent_decisions()
  returns table (metric text, labels jsonb, value numeric)
  language sql
  stable
as $$
  select 'decisions_recent', jsonb_build_object('kind', d.decision_kind), count(*)
  from base.decisions as d
  where d.last_at > base.now() - interval '1 hour'
  group by d.decision_kind;
$$;
comment on function base.recent_decisions() is 'How often the engine held back lately, as metrics.';
