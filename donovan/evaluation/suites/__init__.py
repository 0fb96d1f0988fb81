"""The fixed suites: one module each, with one function `measure(work) -> Measured`."""
