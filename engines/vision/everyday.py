"""Everyday things and places: what pictures are looked through for where a model names nothing."""

WORDS = tuple(
    word.strip()
    for word in """
person, man, woman, child, baby, group of people, crowd, family, couple, face, hand, athlete,
cook, doctor, musician, dancer, soldier, worker, wedding, party, concert, meeting, classroom,
parade, dog, cat, horse, cow, sheep, goat, pig, chicken, duck, bird, parrot, owl, eagle, fish,
shark, whale, dolphin, snake, lizard, turtle, frog, spider, butterfly, bee, insect, mouse, rabbit,
squirrel, fox, wolf, bear, deer, lion, tiger, elephant, giraffe, zebra, monkey, kangaroo, penguin,
tree, forest, flower, rose, garden, grass field, leaf, mushroom, cactus, mountain, hill, valley,
river, lake, waterfall, sea, beach, island, desert, cave, cliff, snow, ice, rain, storm, cloud,
rainbow, sunset, night sky, moon, starry sky, fire, volcano, house, apartment building,
skyscraper, church, castle, temple, tower, bridge, stadium, factory, farm, barn, windmill,
lighthouse, shop, market, restaurant, café, hospital, school, library, museum, station, airport,
harbour, street, motorway, square in a city, park, playground, swimming pool, cemetery, ruin,
statue, fountain, tunnel, fence, door, window, stairs, roof, wall, living room, kitchen, bedroom,
bathroom, office, cellar, corridor, car, bus, lorry, van, taxi, motorcycle, bicycle, train, tram,
aeroplane, helicopter, rocket, ship, sailing boat, rowing boat, tractor, ambulance, fire engine,
police car, scooter, skateboard, chair, table, sofa, bed, lamp, shelf, cupboard, mirror, carpet,
curtain, clock, candle, vase, picture frame, suitcase, backpack, handbag, umbrella, box, bottle,
glass, cup, plate, bowl, spoon, fork, knife, pan, kettle, oven, refrigerator, washing machine,
bucket, broom, rope, ladder, hammer, screwdriver, saw, scissors, needle, key, lock, computer,
laptop, keyboard, screen, telephone, tablet, camera, television, radio, headphones, loudspeaker,
microphone, printer, robot, battery, cable, book, newspaper, letter, envelope, notebook, pen,
pencil, ruler, calculator, map, globe, calendar, ticket, banknote, coin, credit card, passport,
receipt, invoice, form, handwriting, printed text, sign, traffic light, road sign, poster, flag,
logo, icon, screenshot, web page, diagram, flow chart, bar chart, line chart, pie chart, table of
numbers, mathematical formula, drawing, painting, cartoon, pattern, plan of a building, X-ray
picture, microscope picture, satellite picture, guitar, violin, piano, drum, trumpet, flute, ball,
football, tennis racket, basketball, ski, surfboard, tent, kite, balloon, toy, doll, puzzle, chess
board, playing card, dice, medal, trophy, gift, Christmas tree, crown, ring, necklace, watch,
glasses, hat, helmet, shirt, jacket, dress, trousers, skirt, shoe, boot, sock, glove, scarf, tie,
apple, banana, orange, lemon, strawberry, grape, melon, tomato, potato, carrot, onion, salad,
bread, cheese, egg, meat, sausage, soup, pizza, hamburger, sandwich, noodle dish, rice dish, cake,
biscuit, ice cream, chocolate, coffee, tea, beer, wine
""".replace("\n", " ").split(",")
)
