create or replace function base.deployed_changes()
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_registry constant regclass := to_regclass('sqitch.changes');
  v_changes jsonb;
begin
  if v_registry is not null then
    -- dynamic: the registry is sqitch's, and is not there where the schema was loaded by other means
    execute format('select jsonb_agg(jsonb_build_object(''change_id'', change_id, ''change'', change, ''script_hash'', script_hash)) from %s where project = ''rookery''',
                   v_registry) into v_changes;
  end if;
  return coalesce(v_changes, '[]');
end;
$$;
comment on function base.deployed_changes() is
  'The changes of the plan that are deployed, [{change_id, change, script_hash}], by sqitch''s registry; none where nobody keeps it.';
