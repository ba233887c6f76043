"""`python -m cnt_grpc` is `cnt-grpc`."""

import sys

from cnt_grpc.cli import main

sys.exit(main())
