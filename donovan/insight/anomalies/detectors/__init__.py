"""What is odd in a series or in the rows of a table, by the field's libraries, as pure functions.

    specification.py   what was asked, kept as JSON: the same specification gives the same findings
    findings.py        what comes back: alarms of a series, outlying rows of a table
    child.py           the way in: one JSON request, one JSON answer, in a process of its own
    series.py          alarms in time; uses grid, character, baseline and one file for each kind of event
    tables.py          rows unlike the others; uses columns, members and reasons
    single.py          each library's detector alone at its defaults, to be compared with
    comparison.py      the way in for that comparison

specification.py and findings.py are light. All the rest loads engines of hundreds of megabytes and is
imported only in processes started with `donovan.insight.subprocesses.run_subprocess`.
"""
