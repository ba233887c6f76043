"""Cutting a preview out of a film; whoever asked for the cut looks whether it is one."""

from pathlib import Path

import ffmpeg

from cnt_grpc import media

BOUNDS = media.sandbox.Bounds(seconds=600, memory=4 * 1024**3, largest=10**9, files=64)


async def cut(source: Path, container: str, target: Path, *, start: int, end: int) -> None:
    """Cut the seconds from `start` to `end` out of a film into an mp4, exactly and in at most 720 lines.

    Both files lie in one folder, which is all that FFmpeg sees. Exact cuts encode anew: a copied stream begins at a key
    frame, which may lie seconds away. Raises media.ffmpeg.FfmpegError.
    """
    opened = media.ffmpeg.opened(source.name, container, ss=start, t=end - start)
    made = ffmpeg.output(
        opened["v:0"],
        opened["a:0?"],
        f"file:{target.name}",
        vf="scale=-2:'min(720,trunc(ih/2)*2)',format=yuv420p",
        vcodec="libx264",
        preset="veryfast",
        crf=26,
        acodec="aac",
        audio_bitrate="128k",
        ac=2,
        threads=2,
        map_metadata=-1,
        movflags="+faststart",
        f="mp4",
    )
    await media.ffmpeg.run(media.ffmpeg.arguments(made), target.parent, inputs=[source.name], bounds=BOUNDS)
