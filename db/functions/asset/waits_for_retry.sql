create or replace function asset.waits_for_retry(p_instance_id bigint)
  returns boolean
  language sql
  stable
as $$
  select exists (
    select from asset.marks
    where instance_id = p_instance_id and cause = 'retry' and look_at > base.now() and look_at < 'infinity');
$$;
comment on function asset.waits_for_retry(bigint) is 'Whether the back-off after a failed materialization has not passed yet: what comes in meanwhile waits for it (A7).';
