"""Records of a study: decisions, selections, findings, imports; and tables of free form."""

from __future__ import annotations

from typing import Final

from geo.core.text import Text
from geo.study.layers import codes
from geo.study.layers import columns as c
from geo.study.layers.description import COUNT, MOMENT, Column, Layer

DECISIONS: Final = Layer(
    "decisions",
    Text("决定", "Decisions"),
    Text(
        "一项决定，只追加不修改：何人、何时、由何改为何、为何，以及作出的地点",
        "a decision, append-only: its `kind`, who, when, before, after, why, and where it was taken",
    ),
    None,
    {
        "decision_id": c.identifier("D 加序号", "D and a number"),
        "kind": Column(
            Text("类型", "Kind"), Text("关于何事", "The kind of matter decided"), values=codes.DECISION_KINDS
        ),
        "at": c.AT,
        "by": c.BY,
        "subject": Column(Text("对象", "Subject"), Text("作出时的对象编号", "The id of its subject at that time")),
        "subject_name": Column(Text("对象名称", "Subject, name"), Text("作出时的名称", "As it was called then")),
        "before": Column(Text("此前", "Before"), Text("此前的等级或状态", "The tier or status before")),
        "after": Column(Text("此后", "After"), Text("此后的等级或状态", "The tier or status after")),
        "reason": Column(Text("理由", "Reason"), Text("决定的理由", "The reason for the decision")),
        "undoes": Column(Text("撤销", "Undoes"), Text("所撤销的决定", "The decision that it undoes")),
        "lon": c.LON,
        "lat": c.LAT,
        "section": Column(Text("分段", "Section"), Text("关于街道的哪一段", "The section that it is about")),
        "part": Column(
            Text("部分", "Part"),
            Text(
                "分段的线（WKT），重建后据以找回；设施选址则为设施类型",
                "The section's lines (WKT), for finding it again; of a site, the kind of facility",
            ),
        ),
        "street_id": Column(
            Text("街道编号", "Street"),
            Text(
                "现在所属的街道；重建后按编号和名称、再按同名街道的位置归属",
                "The street that it belongs to now: after a rebuild the one with its id and name, else the nearest"
                " street of that name",
            ),
        ),
    },
)

SELECTIONS: Final = Layer(
    "selections",
    Text("已保存的选择", "Kept selections"),
    Text("以一个名称保存的一组街道", "a set of streets kept under a name"),
    None,
    {
        "selection_id": c.identifier("A 加序号", "A and a number"),
        "name": c.NAME,
        "at": c.AT,
        "by": c.BY,
        "street_ids": Column(Text("街道", "Streets"), Text("街道编号（JSON）", "Their ids, as JSON")),
    },
)

COMMENTS: Final = Layer(
    "comments",
    Text("留言", "Comments"),
    Text("同事之间关于一条街道或一个疏导点的留言", "a remark between colleagues on a street or a zone"),
    None,
    {
        "comment_id": c.identifier("C 加序号", "C and a number"),
        "subject": Column(Text("对象", "Subject"), Text("街道或疏导点的编号", "The id of the street or zone")),
        "subject_name": Column(Text("对象名称", "Subject, name"), Text("留言时的名称", "As it was called then")),
        "text": Column(Text("内容", "Text"), Text("留言内容，个人信息已脱敏", "The remark, personal data masked")),
        "by": c.BY,
        "at": c.AT,
        "done_by": Column(Text("办结人", "Done by"), Text("由谁标为办结", "The name of whoever marked it as done")),
        "done_at": Column(Text("办结时间", "Done at"), Text("标为办结的时间", "When it was marked as done"), MOMENT),
    },
)

FINDINGS: Final = Layer(
    "findings",
    Text("待核实问题", "Findings"),
    Text(
        "读取时修正、拒绝或存疑之处，载明文件、行和列",
        "repairs, refusals and doubts of a reader, with file, row and column",
    ),
    None,
    {
        "layer": Column(Text("图层", "Layer"), Text("关于哪个图层", "The layer that it is about")),
        "row": c.ROW,
        "sheet": Column(Text("工作表", "Sheet"), Text("多个工作表时，所在的表", "Of a workbook with several")),
        "column": Column(Text("列", "Column"), Text("文件中的列", "In its file")),
        "problem": Column(Text("问题", "Problem"), Text("发现的问题", "The problem found")),
        "action": Column(Text("处理", "Action"), Text("如何处理", "The treatment of the row")),
        "source": Column(Text("文件", "File"), Text("文件名", "Its name")),
        "import_id": c.IMPORT_ID,
    },
)

IMPORTS: Final = Layer(
    "imports",
    Text("导入记录", "Imports"),
    Text("一次导入的文件及其计数", "a file that was imported, with its counts"),
    None,
    {
        "import_id": c.identifier("I 加序号", "I and a number"),
        "at": c.AT,
        "by": c.BY,
        "kind": Column(Text("图层", "Kind"), Text("导入到哪个图层", "The layer that its rows went to")),
        "file": Column(Text("文件", "File"), Text("文件名", "Its name")),
        "sha256": Column(Text("SHA-256", "SHA-256"), Text("文件的校验和", "Of the file")),
        "format": Column(Text("格式", "Format"), Text("由内容识别的格式", "Recognised from the content")),
        "encoding": Column(Text("编码", "Encoding"), Text("文本的编码", "Of its text")),
        "crs": Column(Text("坐标系", "Coordinate system"), Text("文件的坐标系", "Of the file")),
        "mapping": Column(Text("列对应", "Mapping"), Text("字段对应的列（JSON）", "Field to column, as JSON")),
        "rows": Column(Text("行数", "Rows"), Text("文件的行数", "Of the file"), COUNT),
        "added": Column(Text("新增", "Added"), Text("新增的行", "Rows"), COUNT),
        "updated": Column(Text("更新", "Updated"), Text("更新的行", "Rows"), COUNT),
        "refused": Column(Text("未导入", "Left out"), Text("未导入的行", "Rows"), COUNT),
        "doubted": Column(Text("存疑", "With warnings"), Text("存疑的行", "Rows"), COUNT),
    },
    guide="points",
)

MAPPINGS: Final = Layer(
    "mappings",
    Text("保存的列对应", "Kept column mappings"),
    Text(
        "哪一列对应哪个字段，供下一个同样表头的文件使用",
        "the column of each field, kept for the next file with the same headers",
    ),
    None,
    {
        "signature": Column(
            Text("表头特征", "Signature"), Text("同样表头的文件相同", "The same for files with the same headers")
        ),
        "kind": Column(Text("图层", "Kind"), Text("对应哪个图层", "The layer that it is for")),
        "mapping": Column(Text("列对应", "Mapping"), Text("字段对应的列（JSON）", "Field to column, as JSON")),
    },
    guide="points",
)

REPLACED: Final = Layer(
    "replaced",
    Text("被更新的旧记录", "Replaced rows"),
    Text("导入所更新的行的旧值，撤回导入时恢复", "rows before an import updated them, restored by its removal"),
    None,
    {
        "import_id": c.IMPORT_ID,
        "kind": Column(Text("图层", "Kind"), Text("属于哪个图层", "The layer that it belongs to")),
        "row": Column(Text("旧记录", "Row"), Text("更新前的整行（JSON）", "The whole row before, as JSON")),
    },
)

CATEGORY_WORDS: Final = Layer(
    "category_words",
    Text("类别用词", "Words for categories"),
    Text(
        "本市对投诉类别的用词及其代码，先于随软件提供的表",
        "a city's own word for a category of complaints, with its code; it stands over the table that comes along",
    ),
    None,
    {
        "word": Column(Text("原词", "Word"), Text("文件中的写法", "As files write it")),
        "category": Column(Text("类别", "Category"), Text("类别代码", "The category's code")),
    },
    guide="points",
)

LAYERS: Final = (DECISIONS, SELECTIONS, COMMENTS, FINDINGS, IMPORTS, MAPPINGS, CATEGORY_WORDS, REPLACED)

TIER_LIST: Final = Layer(
    "tier_list",
    Text("官方名单", "Official list"),
    Text("读入的官方名单，重建时无需文件", "the official list as it was read, so that a rebuild needs no file again"),
    None,
    {},
)
TIER_BASE: Final = Layer(
    "tier_base",
    Text("决定前的等级", "Tiers before decisions"),
    Text(
        "各街道在任何决定之前的等级，撤销决定时恢复",
        "each street's tier before any decision, restored by undoing",
    ),
    None,
    {"street_id": c.STREET_ID, **c.TIER_GROUP},
)
ABOUT: Final = Layer(
    "about",
    Text("研究概况", "About"),
    Text(
        "键和值：研究、日期、坐标系、范围、规则的名称与散列、各项结果的摘要、来源声明、各图层的版本",
        "key and value: study, dates, CRS, extent, the rules with name and hash, summaries of results, credit, a"
        " version per layer",
    ),
    None,
    {
        "key": Column(Text("键", "Key"), Text("名称", "Its name")),
        "value": Column(Text("值", "Value"), Text("文本或 JSON", "Text or JSON")),
    },
)

FREE_TABLES: Final = (TIER_LIST, TIER_BASE, ABOUT)
"""Tables beside the layers, which no reader holds to columns."""
