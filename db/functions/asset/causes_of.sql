create or replace function asset.causes_of(p_mark_ids bigint[])
  returns jsonb
  language plpgsql
  stable
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('cause', c.cause, 'id', c.cause_id, 'revision', c.edit))
                              order by c.cause, c.cause_id, c.edit), '[]')
    from (
      select distinct cause, cause_id, case cause when 'edit' then revision end as edit
      from asset.marks where mark_id = any (p_mark_ids)
    ) as c);
end;
$$;
comment on function asset.causes_of(bigint[]) is 'Why now, as JSON: each cause of these marks once, an edit by its revision.';
