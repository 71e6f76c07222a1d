"""Who answers for a control, what they published, and how that compares with the evidence."""
