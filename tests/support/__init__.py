"""What tests of several rooms share and no test is."""
