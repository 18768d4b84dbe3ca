/* access.check */
  select k.place, p.id as product_id, p.status, p.access_mode, u.id as user_id,
     g.id as grant_id, g.product_id as granted_id, g.source, g.reason,
     g.starts_at, g.ends_at, g.closes_at, g.ended_at, g.end_reason, g.as_of, g.by_address
  from rows from (
unnest((select $1::uuid[])), unnest((select $2::text[])), unnest((select $3::uuid[])), unnest((select $4::text[]))
  ) with ordinality as k (product_id, product_key, user_id, external_id, place)
  left join lateral (
select id, status, access_mode from products where id = k.product_id
union all
select id, status, access_mode from products where key = k.product_key and k.product_key is not null
  ) p on true
  left join lateral (
select id from users where id = k.user_id and deleted_at is null
union all
select id from users where external_id = k.external_id and k.external_id is not null and deleted_at is null
  ) u on true
  left join lateral (
select g.* from product_openers o
join products opener on opener.id = o.opener_id and opener.status = 'LIVE'
join grants g on g.user_id = u.id and g.product_id = o.opener_id and g.mode = $5
where o.product_id = p.id and p.access_mode = 'ENTITLED'
  ) g on true
