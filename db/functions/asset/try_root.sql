create or replace function asset.try_root(
    p_kind text, p_params jsonb, p_fresh_within interval, p_reconcile_within interval, p_reconcile_doubt numeric, out needs jsonb, out unknown jsonb)
  language plpgsql
  volatile
as $$
declare
  v_root_id bigint;
  v_instance asset.instances;
begin
  perform asset.lock_planner();
  begin
    v_root_id := asset.enable_root(p_kind, p_params, null, null, p_fresh_within, p_reconcile_within, p_reconcile_doubt);
    for v_instance in
      select * from asset.instances as i
      where i.instance_id in (select w.instance_id from asset.wants as w where w.root_id = v_root_id) order by i.depth, i.instance_id
    loop
      perform asset.pin_dependencies(v_instance);
    end loop;
    needs := (
      select coalesce(jsonb_agg(jsonb_build_object('sync_kind', n.sync_kind, 'subject_id', n.subject_id::text,
                                                   'fresh_within', w.fresh_within, 'reconcile_within', w.reconcile_within)), '[]')
      from asset.needs_of_root(v_root_id) as n cross join lateral ingest.windows_of(n.sync_kind, n.subject_id) as w);
    unknown := asset.expect_members(v_root_id);
    raise exception 'that was a trial' using errcode = 'RK032', hint = 'Nobody outside of asset.try_root() sees this.';
  exception
    when sqlstate 'RK032' then
      null;
  end;
end;
$$;
comment on function asset.try_root(text, jsonb, interval, interval, numeric) is
  'What a root would need, by the code that enables it: it is enabled, asked, and undone. needs: each sync with its windows. unknown: see asset.expect_members. Errors of asset.enable_root.';
