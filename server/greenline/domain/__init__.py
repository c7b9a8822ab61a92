"""What Greenline knows: coverage, code, generation. Pure: no IO, clock, environment or asyncio.

Lines are 1-based, columns are 0-based code points. Text that does not parse gives ``(result, problems)``.
"""
