create or replace function ingest.estimate_cost(
    p_sync_kind text, p_subject_id bigint, p_fresh_within interval, p_reconcile_within interval, out now_usd numeric, out month_usd numeric, out is_known boolean)
  language plpgsql
  stable
as $$
declare
  v_price constant numeric := ingest.price_of((select endpoint from ingest.sync_kinds where sync_kind = p_sync_kind), p_subject_id);
  v_profile_price constant numeric := ingest.price_of('users', null);
  v_look_rows constant integer := base.setting_integer('page.small');
  v_days constant numeric := 30 * least(1, 86400 / extract(epoch from p_fresh_within));
  v_subject ingest.subjects;
  v_count bigint;
  v_new_count numeric;
begin
  select * into v_subject from ingest.subjects where sync_kind = p_sync_kind and subject_id = p_subject_id;
  select case p_sync_kind when 'followers' then c.followers_count when 'following' then c.following_count
              else least(c.post_count, base.setting_integer('timeline.cap')) end,
         -- Posts of a month as in the account's life so far; follows as the last looks found them.
         case when p_sync_kind = 'posts' then c.post_count * 30 / greatest(1, extract(epoch from base.now() - u.joined_at) / 86400)
              else (select sum(r.changed_count) * 30 / 7.0 from ingest.runs as r
                    where r.sync_kind = p_sync_kind and r.subject_id = p_subject_id and r.mode = 'incremental' and r.started_at > base.now() - interval '7 days') end
  into v_count, v_new_count
  from graph.users as u join graph.user_counts as c using (user_id) where u.user_id = p_subject_id;

  is_known := v_count is not null;
  if not is_known then
    -- Nothing is known of it but that it is looked up first, if it was not.
    now_usd := case when exists (select from graph.users where user_id = p_subject_id) then 0 else v_profile_price end;
    month_usd := 0;
    return;
  end if;
  month_usd := v_price * v_count * 30 * 86400 / extract(epoch from p_reconcile_within) + v_price * coalesce(v_new_count, 0);
  if p_sync_kind <> 'posts' then
    -- A day's first look pays for the profile and for a small page; the others of that day return what is paid.
    month_usd := month_usd + v_days * (v_profile_price + v_price * least(v_count, v_look_rows));
  end if;
  now_usd := case when v_subject.full_at is null then v_price * v_count
                  when p_sync_kind = 'posts' or v_subject.fresh_at + p_fresh_within > base.now() then 0
                  else v_profile_price + v_price * least(v_count, v_look_rows) end;
end;
$$;
comment on function ingest.estimate_cost(text, bigint, interval, interval) is
  'What it will cost, in US dollars, to bring a list up to date now, and to keep it so for 30 days, by the counts of its subject''s profile. is_known: whether there are any; else there is but the price of looking.';
