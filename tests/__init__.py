"""The tests: same paths as suite/, plus stories, golden files, browser, faults and bench."""
