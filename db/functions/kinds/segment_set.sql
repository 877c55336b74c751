-- The union, intersection or difference of two or more segments. A difference is the first one without the others.

insert into asset.kinds (kind, item_kind, param_types, description)
values ('segment_set', 'user', '{"operation": "name", "sources": "segments"}',
        'The union, intersection or difference (the first without the others) of two or more segments.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.segment_set_canonical(p_params jsonb)
  returns jsonb
  language plpgsql
  immutable
as $$
declare
  v_operation constant text := p_params ->> 'operation';
begin
  if v_operation not in ('union', 'intersection', 'difference') then
    raise exception 'operation cannot be %', p_params -> 'operation'
      using errcode = 'RK002', hint = 'The operations are union, intersection and difference.';
  end if;
  if jsonb_array_length(p_params -> 'sources') > 100 then
    raise exception 'a set of % segments is too large', jsonb_array_length(p_params -> 'sources')
      using errcode = 'RK002', hint = 'Name at most 100 segments; a set of sets can hold more.';
  end if;
  -- Where the order says nothing it is that of the texts, so that the same set is the same instance.
  return jsonb_set(p_params, '{sources}', (
    select jsonb_agg(s.source order by v_operation = 'difference' and s.position = 1 desc, s.source::text collate "C")
    from jsonb_array_elements(p_params -> 'sources') with ordinality as s (source, position)));
end;
$$;
comment on function asset.segment_set_canonical(jsonb) is
  'The sources in one order, whatever order they were named in; only the first of a difference stays where it is. Error RK002.';

create or replace function asset.segment_set_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select 's' || lpad(s.position::text, 3, '0'), s.source ->> 'kind', s.source -> 'params'
  from jsonb_array_elements(p_params -> 'sources') with ordinality as s (source, position);
$$;
comment on function asset.segment_set_dependencies(jsonb) is 'The segments, in the roles s001, s002, and so on.';

create or replace function asset.segment_set_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  immutable
as $$
  select null::text, null::bigint, null::boolean, null::boolean where false;
$$;
comment on function asset.segment_set_needs(bigint, jsonb, boolean) is 'None of its own.';

create or replace function asset.segment_set_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  select m.item_id, true
  from asset.dependencies as d
  cross join lateral asset.members_as_of('user', d.dependency_id, d.pinned_id) as m
  where p_from is null and d.instance_id = p_instance_id
  group by m.item_id
  having case p_params ->> 'operation' when 'union' then true when 'intersection' then count(*) = jsonb_array_length(p_params -> 'sources')
         else bool_and(d.role = 's001') end
  union all
  select i.item_id, b.belongs
  from (
    select distinct m.item_id
    from asset.dependencies as d
    cross join lateral asset.moved_items(p_instance_id, d.role, false) as m
    where p_from is not null and d.instance_id = p_instance_id
  ) as i
  cross join lateral (
    select case p_params ->> 'operation' when 'union' then bool_or(h.is_in) when 'intersection' then bool_and(h.is_in)
           else bool_and(h.is_in = (d.role = 's001')) end as belongs
    from asset.dependencies as d
    cross join lateral (select asset.has_member(p_instance_id, d.role, i.item_id) as is_in) as h
    where d.instance_id = p_instance_id
  ) as b;
$$;
comment on function asset.segment_set_candidates(bigint, jsonb, bigint, bigint) is
  'At first, who is in one, in all, or in the first alone; then whoever came or went in any of them.';
