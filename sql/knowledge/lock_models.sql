-- Nobody else activates a model until the transaction ends.
select pg_advisory_xact_lock(hashtext('sportsgpt knowledge activation'))
