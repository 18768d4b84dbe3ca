/* users.page */
select parent.id as _parent, edge.*, page.*
from unnest($4::uuid[]) as parent(id)
cross join lateral (
  select false as _more_before,
         false as _more_after
) edge
left join lateral (
  select u.*, (u.id)::text as _p0
  from users u where u.deleted_at is null and not exists (
select 1 from product_openers o
join products opener on opener.id = o.opener_id and opener.status = 'LIVE'
join grants g on g.product_id = o.opener_id and g.user_id = u.id and g.mode = $2::text
where o.product_id = $1::uuid and g.reason in ('PURCHASE', 'SUBSCRIPTION', 'TRIAL', 'MANUAL', 'GIFT', 'GRACE_PERIOD') and g.starts_at <= $3::timestamptz and (g.ends_at is null or coalesce(g.closes_at, g.ends_at) > $3::timestamptz) and (g.ended_at is null or g.ended_at > $3::timestamptz))
  order by u.id desc limit 51
) page on true
