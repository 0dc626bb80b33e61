-- Nobody else changes sources, passages or links until the transaction ends: a change of
-- one source may mark others.
select pg_advisory_xact_lock(hashtext('sportsgpt knowledge writing'))
