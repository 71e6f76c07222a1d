"""The run as one readable sequence: join evidence, judge, assign, count, assemble."""
