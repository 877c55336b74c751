create or replace function asset.schedule_verification(p_instance asset.instances)
  returns void
  language sql
  volatile
as $$
  insert into asset.verifications (instance_id, due_at)
  values (p_instance.instance_id, base.now() + base.setting_interval('verify.after')
            * ((1 + (pg_catalog.hashtextextended(encode(p_instance.identity_hash, 'hex'), 0) & 1023)) / 1024.0))
  on conflict do nothing;
$$;
comment on function asset.schedule_verification(asset.instances) is
  'The first verification of an instance: within verify.after, at a moment that is a hash of its identity, so that not all fall due at once (E4).';
