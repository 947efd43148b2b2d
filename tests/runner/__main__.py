import sys, os
from pathlib import Path
import apt, cache, prepare, ui
root = Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache') / 'panthor'
repo = Path(__file__).resolve().parents[2]
screen = ui.Screen()
c = cache.Cache(root, apt.Apt(root), screen, os.cpu_count())
prepare.register(c, repo)
try:
    c.want(sys.argv[1:])
    for n in sys.argv[1:]:
        print(n, c.get(n))
except cache.StepFailed as e:
    print(e.explain()); os._exit(1)
