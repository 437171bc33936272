"""What a person sees of accounts: forms, and pages that answer them."""
