-- No table of vectors is deleted until this transaction ends.
select pg_advisory_xact_lock_shared(hashtext('sportsgpt knowledge models'))
