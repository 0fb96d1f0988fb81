"""Reports: templates, section jobs, review and release, export, schedule."""
