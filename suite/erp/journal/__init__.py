"""The journal: posting, account sheets and the trial balance."""
