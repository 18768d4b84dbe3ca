/* products.page */
select parent.id as _parent, edge.*, page.*
from unnest($3::uuid[]) as parent(id)
cross join lateral (
  select false as _more_before,
         false as _more_after
) edge
left join lateral (
  select p.*, (p.id)::text as _p0
  from products p where (p.status = 'LIVE' and (p.access_mode in ('PUBLIC', 'AUTHENTICATED') or p.access_mode = 'ENTITLED' and exists (
select 1 from product_openers o
join products opener on opener.id = o.opener_id and opener.status = 'LIVE'
join grants g on g.product_id = o.opener_id and g.user_id = parent.id and g.mode = $1
where o.product_id = p.id and g.reason in ('PURCHASE', 'SUBSCRIPTION', 'TRIAL', 'MANUAL', 'GIFT', 'GRACE_PERIOD') and g.starts_at <= $2 and (g.ends_at is null or coalesce(g.closes_at, g.ends_at) > $2) and (g.ended_at is null or g.ended_at > $2))))
  order by p.id asc limit 51
) page on true
