"""Who repairs what is wrong with the data: the four parties that contracts and checks name, as people read them."""

from __future__ import annotations

from typing import Literal

# the department or platform that sent a file; the hall's own windows and registers; whoever decides on findings;
# whoever maintains this software
Owner = Literal["报送部门", "综合窗口", "数据专员", "平台维护"]
