create or replace function graph.last_change_id()
  returns bigint
  language plpgsql
  stable
as $$
begin
  return (
    select greatest(
      (select max(change_id) from graph.user_changes),
      (select max(change_id) from graph.follow_changes),
      (select max(change_id) from graph.post_changes),
      0));
end;
$$;
comment on function graph.last_change_id() is 'The position of the graph now: every change up to it is visible, and later ones get a higher number (graph.lock_writer).';
