-- The bare side of a comparison: pages held ready in typed columns, and a function that stores one by INSERT … SELECT.
-- It is plpgsql so that this side keeps its plans too, and a page is one round trip and one commit.

create schema bare;

create table bare.profile of graph.profile;
create unlogged table bare.profiles (
  page_no integer not null,
  run_id bigint not null,
  like bare.profile
);
create index on bare.profiles (page_no);
create unlogged table bare.receipts (like ingest.pages);
create index on bare.receipts (page_no);

create function bare.store_page(p_page_no integer)
  returns void
  language plpgsql
as $$
declare
  v_run_id constant bigint := (select run_id from bare.receipts where page_no = p_page_no);
begin
  insert into graph.users
    (user_id, handle, name, description, location, url, image_url, is_verified, verified_type, is_protected, joined_at)
  select user_id, handle, name, description, location, url, image_url, is_verified, verified_type, is_protected, joined_at
  from bare.profiles where page_no = p_page_no;

  insert into graph.user_counts (user_id, followers_count, following_count, post_count, listed_count, payload_hash, run_id)
  select user_id, followers_count, following_count, post_count, listed_count, payload_hash, run_id
  from bare.profiles where page_no = p_page_no;

  insert into graph.user_changes (user_id, change, run_id, changed_at)
  select user_id, 'added', v_run_id, now() from bare.profiles where page_no = p_page_no;

  with logged as (
    insert into graph.follow_changes (target_id, follower_id, change, run_id, changed_at)
    select {subject}, user_id, 'added', v_run_id, now() from bare.profiles where page_no = p_page_no
    returning target_id, follower_id, change_id
  )
  insert into graph.follows (target_id, follower_id, change_id, first_seen_at)
  select target_id, follower_id, change_id, now() from logged;

  insert into ingest.pages (run_id, page_no, call_id, item_ids, next_token, changed_count, received_at)
  select run_id, page_no, call_id, item_ids, next_token, changed_count, now()
  from bare.receipts where page_no = p_page_no;
end;
$$;
