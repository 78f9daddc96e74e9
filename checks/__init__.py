"""What must hold: the register of rules, their SQL, and how they are enforced and shown.

Stays out: the tables the rules read (assets) and what people read (reports).
"""
