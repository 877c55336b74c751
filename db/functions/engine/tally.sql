create or replace function engine.tally(p_results text[])
  returns jsonb
  language plpgsql
  immutable
as $$
begin
  return (
    select jsonb_build_object(
      'instances_looked_at', cardinality(p_results),
      'materialized', count(*) filter (where r = 'success'),
      'materializations_failed', count(*) filter (where r = 'error'),
      'instances_waiting', count(*) filter (where r = 'waiting'),
      'verified', count(*) filter (where r in ('verified', 'repaired')),
      'repaired', count(*) filter (where r = 'repaired'))
    from unnest(p_results) as r);
end;
$$;
comment on function engine.tally(text[]) is 'Counts of what looks at instances led to.';
