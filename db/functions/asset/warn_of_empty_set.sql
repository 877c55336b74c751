create or replace function asset.warn_of_empty_set(p_stable_key text)
  returns void
  language plpgsql
  volatile
as $$
begin
  raise warning 'the specified set % is empty', quote_literal(p_stable_key)
    using hint = 'select api.specified_users_add(''' || replace(p_stable_key, '''', '''''') || ''', array[…]); puts users in.';
  perform base.decide('empty_set', 'specified users ' || quote_literal(p_stable_key), 'the set has no member', null);
end;
$$;
comment on function asset.warn_of_empty_set(text) is 'An empty specified set is a warning, and an empty membership (A14).';
