"""The campaign against all work: what is killed, by whom, and what must stand afterwards (`work_kills`).

settings    the settings of every process of the campaign: short leases, small suites
apps        what these settings change in the product, and nothing else
material    what suites measure here, in place of the built-in material
nursery     the workers, forked as Celery forks its own
workers     what a worker does, and how it says what it is at
lane        one queue under fire: what is heard of its workers, and the killing of them
watching    the reconciler, and how long anything stands that somebody could do
cases       what the campaign knows of each kind: a real subject, and what must be there of it in the end
campaign    all of it in one scratch installation
"""
