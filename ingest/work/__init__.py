"""Work under a lease, written once for every room: a Job, who has it until when, and what becomes of it.

    enqueue -> waiting -> acquire (lease, fencing token) -> running -> done | failed | stopped
                  ^                                            |
                  +---- given back, or the lease ran out ------+

This package knows neither documents nor people: a subject is an opaque string, a person a name. It imports
nothing of the house, and every room may import it. It lies in the lowest room so that the import rule needs
this one sentence and no exception for each room that has work: any other place would have stood above ingest
or beside it.

The room's own row stays what people see, with the state in its own words. It is changed only by the handler's
`follow`, inside the transaction that changes the job, so that the two never disagree; lease, token and
attempts stand on the job alone.

    models      Job
    registry    Kind, Handler, register
    services    enqueue, cancel, retry, reconcile        (every process)
    leases      acquire, Held                            (whoever does the work)
    running     run_queue, run_job                       (the only place that catches what a handler raises)
    heartbeat   a lease kept alive from a thread
    subprocesses  work in a process of its own, in JSON lines
    tasks       the two messages of the broker
"""
