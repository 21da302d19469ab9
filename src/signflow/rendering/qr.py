"""QR codes for web pages, as SVG.

Source: ISO/IEC 18004:2015; the encoder is ReportLab's.
"""

from __future__ import annotations

_QUIET_MODULES = 4  # clause 6.3.8
_LONGEST_BYTES = 1_000


def render_qr(text: str) -> bytes:
    """A picture of the code for a text: one unit of the picture is one module, dark on white in whatever theme it is shown.

    A tenth of it or so may be unreadable (level M). It says nothing to who cannot see it: give it an alternative.

    Raises:
        ValueError: The text is longer than 1 000 bytes; phones would not read the code from a screen.
    """
    data = text.encode()
    if len(data) > _LONGEST_BYTES:
        raise ValueError("text is too long for a QR code")
    # with it comes every kind of bar code: what the service starts with need not hold them
    from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel  # noqa: PLC0415

    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(QR8bitByte(data))
    code.make()
    count = code.getModuleCount()
    side = count + 2 * _QUIET_MODULES
    path = "".join(
        f"M{left + _QUIET_MODULES} {row + _QUIET_MODULES}h{right - left}v1H{left + _QUIET_MODULES}z"
        for row in range(count)
        for left, right in _runs([bool(code.isDark(row, column)) for column in range(count)])
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>'
    ).encode()


def _runs(dark: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules begin and end in a row."""
    edges = [at for at in range(len(dark) + 1) if (at > 0 and dark[at - 1]) != (at < len(dark) and dark[at])]
    return list(zip(edges[::2], edges[1::2], strict=True))
