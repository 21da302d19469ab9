"""What is asked of authorities and services elsewhere: requests that end, certificates that lead to a root, revocation."""
