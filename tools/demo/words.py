"""Word lists. Brands are facts; people, streets and addresses are made up."""

# fmt: off
# noun, category, lowest and highest price in euros
ITEMS = (
    ("denim jacket", "Jackets", 25, 120),
    ("leather jacket", "Jackets", 60, 280),
    ("rain coat", "Coats", 30, 140),
    ("wool coat", "Coats", 45, 220),
    ("trench coat", "Coats", 50, 260),
    ("jeans", "Trousers", 15, 80),
    ("corduroy trousers", "Trousers", 15, 65),
    ("chinos", "Trousers", 12, 55),
    ("pleated skirt", "Skirts", 12, 60),
    ("denim skirt", "Skirts", 12, 50),
    ("summer dress", "Dresses", 15, 90),
    ("silk dress", "Dresses", 40, 190),
    ("t-shirt", "Tops", 5, 30),
    ("silk blouse", "Tops", 18, 95),
    ("flannel shirt", "Tops", 12, 50),
    ("polo shirt", "Tops", 10, 45),
    ("wool jumper", "Knitwear", 15, 90),
    ("cashmere cardigan", "Knitwear", 35, 180),
    ("hoodie", "Knitwear", 15, 70),
    ("sneakers", "Shoes", 20, 130),
    ("ankle boots", "Shoes", 25, 160),
    ("loafers", "Shoes", 20, 120),
    ("leather belt", "Accessories", 8, 60),
    ("silk scarf", "Accessories", 10, 110),
    ("shoulder bag", "Bags", 20, 240),
    ("backpack", "Bags", 20, 110),
)
BRANDS = (
    "Levi's", "Adidas", "Nike", "Puma", "Zara", "H&M", "Mango", "COS", "Esprit", "Wrangler",
    "Lee", "Diesel", "Fjällräven", "Patagonia", "The North Face", "Carhartt", "Dr. Martens",
    "Converse", "Vans", "Tommy Hilfiger", "Ralph Lauren", "Lacoste", "Hugo Boss", "Burberry",
    "Chloé", "A.P.C.", "Marc O'Polo", "Barbour", "Benetton", "Weekday",
)
STYLES = (
    "Vintage", "Retro", "Classic", "Oversized", "Slim", "Cropped", "Handmade", "90s", "80s", "Rare"
)
COLOURS = (
    "black", "white", "navy", "blue", "red", "green", "beige", "brown", "grey", "pink", "mustard",
    "burgundy",
)
SIZES = ("XS", "S", "M", "L", "XL", "XXL")
SHOE_SIZES = ("37", "38", "39", "40", "41", "42", "43", "44")
CONDITIONS = ("new with tags", "very good", "good", "fair")
REMARKS = (
    "Hardly worn.", "A small mark on the left sleeve.", "From a smoke-free home.",
    "Washed and ironed.", "One button replaced.", "Fits a little larger than marked.",
    "Soft, heavy cloth.", "Lovely faded wash.", "Bought on a journey, worn twice.",
    "The zip was repaired by a tailor.", "Perfect for cold days.", "A piece for collectors.",
)

FIRST_NAMES = (
    "Anna", "Ben", "Clara", "David", "Elif", "Felix", "Greta", "Hannes", "Ida", "Jonas", "Käthe",
    "Lukas", "Mia", "Nils", "Olga", "Paul", "Rosa", "Sören", "Thea", "Uwe", "Vera", "Willi",
    "Yara", "Zoë", "Amélie", "Bruno", "Carla", "Emre", "Frieda", "Henri", "Jana", "Kaya", "Leo",
    "Marta", "Noah", "Petra", "Ruben", "Selma", "Tom", "Ulla",
)
LAST_NAMES = (
    "Becker", "Brandt", "Busch", "Dietrich", "Engel", "Fischer", "Frank", "Graf", "Groß", "Haas",
    "Hartmann", "Huber", "Jäger", "Kaiser", "Keller", "Koch", "König", "Krüger", "Kuhn", "Lang",
    "Lehmann", "Lorenz", "Maier", "Müller", "Neumann", "Otto", "Peters", "Pohl", "Roth", "Sauer",
    "Schäfer", "Schmidt", "Scholz", "Schreiber", "Seidel", "Sommer", "Thomas", "Vogel", "Vogt",
    "Wagner", "Walter", "Weber", "Winter", "Wolf", "Yilmaz", "Ziegler", "Zimmer", "Arslan",
    "Bernard", "de Vries",
)
STREETS = (
    "Lindenallee", "Gartenweg", "Mühlenstraße", "Am Markt", "Schulgasse", "Bahnhofstraße",
    "Rosenweg", "Kirchplatz", "Feldrain", "Uferpromenade",
)
EMAIL_DOMAINS = ("example.com", "example.org", "example.net", "post.example", "mail.example")

# country code, how people write it
COUNTRIES = (
    ("DE", ("Germany", "Deutschland", "DE", "germany")),
    ("AT", ("Austria", "Österreich", "AT", "Austria ")),
    ("NL", ("Netherlands", "The Netherlands", "NL", "Nederland")),
    ("FR", ("France", "FR", "FRANCE", "France")),
    ("PL", ("Poland", "PL", "Polska", "Poland")),
    ("GB", ("United Kingdom", "UK", "GB", "Great Britain")),
)
CITIES = (
    ("Berlin", "10115"), ("Hamburg", "20095"), ("Köln", "50667"), ("München", "80331"),
    ("Leipzig", "04103"), ("Bremen", "28195"), ("Dresden", "01067"), ("Essen", "45127"),
)
# area and block that the German regulator keeps free for fiction; longer numbers stay inside it
FICTIONAL_PHONE_BLOCKS = (
    ("30", "23125"), ("40", "66969"), ("221", "4710"), ("89", "99998"), ("69", "90009"),
)
