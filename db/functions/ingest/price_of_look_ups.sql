create or replace function ingest.price_of_look_ups(p_user_ids bigint[], out users bigint, out usd numeric)
  language sql
  stable
as $$
  select count(*), coalesce(sum(case when p.bought_on = (base.now() at time zone 'UTC')::date then 0 else ingest.price_of('users', null) end), 0)
  from (select distinct user_id from unnest(p_user_ids) as u (user_id)) as i
  left join ingest.purchases as p on p.resource = 'user' and p.item_id = i.user_id;
$$;
comment on function ingest.price_of_look_ups(bigint[]) is 'How many different users these are, and what X bills at most for their profiles today, in US dollars: what was bought today is not billed again (I9).';
