create or replace function base.has_change(p_change text)
  returns boolean
  language plpgsql
  stable
as $$
declare
  v_registry constant regclass := to_regclass('sqitch.changes');
  v_found boolean;
begin
  if v_registry is null then
    return null;
  end if;
  -- dynamic: the registry is sqitch's, and is not there where the schema was loaded by other means
  execute format('select exists (select from %s where project = ''rookery'' and change = $1)', v_registry) into v_found using p_change;
  return v_found;
end;
$$;
comment on function base.has_change(text) is 'Whether a change of the plan is deployed; null where nobody keeps sqitch''s registry.';
