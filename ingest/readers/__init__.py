"""One module a format; each has `read(job)` that yields events. They run only inside the sandbox."""
