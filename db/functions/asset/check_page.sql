create or replace function asset.check_page(p_limit integer, p_after_item_id bigint)
  returns void
  language plpgsql
  immutable
as $$
begin
  if p_limit < 1 or p_after_item_id is null then
    raise exception 'a page cannot have % members after %', coalesce(p_limit::text, 'all'), coalesce(p_after_item_id::text, 'null')
      using errcode = 'RK012', hint = 'Give a p_limit of 1 or more (null: all), and the last item_id of the page before (0: from the first).';
  end if;
end;
$$;
comment on function asset.check_page(integer, bigint) is 'Refuses a page of members that cannot be. Error RK012.';
