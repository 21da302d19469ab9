"""The API for other programs: each operation is declared once, and routed, validated and described from that."""
