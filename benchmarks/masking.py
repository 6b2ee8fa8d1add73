"""A million texts masked, and the recall and precision of masking by class on the labelled sentences."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from benchmarks.measure import measure
from tests.support.personal_data import scores, sentences

COUNT = 1_000_000
CASES = Path(__file__).parents[1] / "tests" / "cases"
_PREPARE = """
import random
import pandas as pd
from geo.core.masking import mask
random.seed(20250301)
FAMILY, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静秀英丽强磊军洋勇艳杰娟涛明超兰霞平刚桂"
def name(): return random.choice(FAMILY) + "".join(random.sample(GIVEN, 2))
def phone(): return "1" + random.choice("3578") + "".join(random.choices("0123456789", k=9))
KINDS = (
    lambda: f"市民{name()}反映文峰大道与红旗路交叉口流动摊贩占道经营影响通行",
    lambda: f"来电人称小区门口夜间烧烤油烟扰民请处理联系电话{phone()}谢谢",
    lambda: "解放大道人行道上停满共享单车行人无法通行希望尽快派人清理整治",
    lambda: f"{random.choice(FAMILY)}先生来电投诉东工路{random.randint(1, 300)}号门前店外经营多次反映未果",
    lambda: f"豫E{random.randint(10000, 99999)}长期停在盲道上附近居民出行不便请交警部门拖离",
    lambda: "路灯不亮已有一周晚上行人通行存在安全隐患请安排维修尽快恢复照明",
)
texts = pd.Series([(str(n) + "，" + random.choice(KINDS)())[:40].ljust(40, "。") for n in range({count})])
"""
_RUN = "masked = mask(texts)"


def main(count: int = COUNT) -> None:
    """Print the time and the table."""
    print(f"# {count:,} distinct texts of 40 characters, one process")
    print(f"mask  {measure(_PREPARE.replace('{count}', str(count)), _RUN, runs=1)}")
    for title, file in (("development", "personal_data.yaml"), ("held out", "personal_data_held_out.yaml")):
        print(f"# {title}: {file}")
        print(scores(sentences(CASES / file)).to_string(float_format=lambda share: f"{share:.1%}", na_rep=""))
    harmless = pd.Series([case.text for case in sentences(CASES / "personal_data.yaml") if case.kind == "harmless"])
    print(f"# {len(harmless)} harmless sentences in the development set")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
