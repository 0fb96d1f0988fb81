"""The campaign against all work: what is killed, by whom, and what must stand afterwards (`work_kills`).

    settings    the settings of every process of the campaign: short leases, small suites
    apps        what these settings change in the product, and nothing else
    nursery     the workers of one queue, forked as Celery forks them, which say what they are at
    lane        one queue: its nursery, what is heard of it, and the killing in it
    watching    the reconciler, and how long anything stands that somebody could do
    cases       each kind of work: a real subject, and what must be there of it in the end
    campaign    all of it in one scratch installation
"""
