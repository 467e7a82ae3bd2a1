"""Chinese, in simplified characters."""

from firstlight_encoder.tokens import TokenType
from firstlight_server.explanation.sentences import Sentences

CHINESE = Sentences(
    because="因为您{clue}。",
    although="尽管您{clue}。",
    done={
        TokenType.VIEW: "浏览过“{name}”",
        TokenType.CART: "把“{name}”加入了购物车",
        TokenType.PURCHASE: "购买过“{name}”",
        TokenType.FAVORITE: "收藏了“{name}”",
        TokenType.REMOVE_FROM_CART: "把“{name}”移出了购物车",
        TokenType.DISLIKE: "不喜欢“{name}”",
        TokenType.RATING: "评价过“{name}”",
    },
    wanted="想要“{name}”",
    unwanted="不想要“{name}”",
    prior="在新顾客的选择中排第 {rank:,} 位。",
    others="综合您的其他 {count:,} 条信息。",
    rules={
        "boost": "按提升规则调整了位置。",
        "impression_discount": "之前已向您展示过。",
        "calibration": "让本页的类别比例符合您的兴趣。",
        "diversity": "让本页的内容更丰富。",
        "max_per_category": "按每个类别的数量上限调整了位置。",
        "max_per_brand": "按每个品牌的数量上限调整了位置。",
        "pin": "按固定位置规则放在这里。",
    },
    rank_without="没有这一条时，它会排在第 {rank:,} 位。",
    far_without="没有这一条时，它不会进入前 {count:,} 位。",
    between="",
)
