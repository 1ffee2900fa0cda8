"""The customers' own door: own documents, devices and tickets, and nothing of anybody else."""
