"""Every score named among the facts of the real files beside the checkout, looked up in a database after their import."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from benchdb.ingest.importer import ReadOptions, recognise
from benchdb.ingest.load import ingest
from benchdb.ingest.records import RunRecord
from benchdb.schema.curation import Ingest
from benchdb.schema.results import Protocol, Run, Score
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

# file | model as written | benchmark as written | subset | metric as written | value | further facts
FACTS = """
lm_eval/*/mmlu.json | meta-llama/Meta-Llama-3-8B | mmlu | | acc | 0.6504059250818972 | stderr=0.003784481420755855; n_shot=5
lm_eval/*/mmlu.json | meta-llama/Meta-Llama-3-8B | mmlu_formal_logic | | acc | 0.48412698412698413 | stderr=0.04469881854072606; task_version=0.0; n_shot=5
lm_eval/meta-llama*/gsm8k.json | meta-llama/Meta-Llama-3-8B | gsm8k | | exact_match | 0.5087187263078089 | stderr=0.013770390697002123; extraction=strict-match; n_shot=5; task_version=3.0
lm_eval/meta-llama*/gsm8k.json | meta-llama/Meta-Llama-3-8B | gsm8k | | exact_match | 0.511751326762699 | extraction=flexible-extract; n_shot=5; task_version=3.0
lm_eval/meta-llama*/arc.json | meta-llama/Meta-Llama-3-8B | arc_challenge | | acc_norm | 0.5750853242320819 | n_shot=25
lm_eval/meta-llama*/arc.json | meta-llama/Meta-Llama-3-8B | arc_challenge | | acc | 0.5546075085324232 | n_shot=25
lm_eval/eee*/results_*.json | RylanSchaeffer/mem_Qwen3-93M_minerva_math_rep_0_sbst_1.0000_epch_1_ot_1 | math_rephrased_full | | exact_match | 0.0004 | stderr=0.0002828144211304471; n_items=5000; n_shot=0; harness_version=0.4.9.2
lm_eval/generated/*/results_*.json | example-org/dummy-model | toy_geo | | acc | 0.15 | n_items=20; task_version=3
lm_eval_legacy/*/160m_step143000.json | EleutherAI/pythia-v1.1-160m | arc_challenge | | acc | 0.18771331058020477 | stderr=0.011411001314155123; n_shot=0; model_revision=step143000
lm_eval_legacy/*/160m_step143000.json | EleutherAI/pythia-v1.1-160m | arc_challenge | | acc_norm | 0.23293515358361774 | n_shot=0
lm_eval_legacy/*/160m_step143000.json | EleutherAI/pythia-v1.1-160m | lambada_openai | | ppl | 38.064877017771195 |
lm_eval_legacy/*/160m_step143000.json | EleutherAI/pythia-v1.1-160m | lambada_openai | | acc | 0.3283524160683097 |
lm_eval_legacy/*/160m-5shot_step143000.json | EleutherAI/pythia-v1.1-160m | arc_challenge | | acc | 0.18600682593856654 | n_shot=5
lm_eval_legacy/*/bloom_bslmeval.json | bloom | arc_challenge | | acc | 0.4112627986348123 | label=2022-07-07-20-56-59
lm_eval_legacy/*/bloom_bslmeval.json | bloom | axb | | acc | 0.43931159420289856 |
lm_eval_legacy/*/bloom_humaneval_temp02.json | bloom | humaneval | | pass@1 | 0.15524390243902436 | temperature=0.2
lm_eval_legacy/*/bloom_humaneval_temp02.json | bloom | humaneval | | pass@10 | 0.25233297635811675 | temperature=0.2
lm_eval_legacy/*/bloom_humaneval_temp02.json | bloom | humaneval | | pass@100 | 0.31325799399147314 | temperature=0.2
lm_eval_legacy/*/bloom_humaneval_temp08.json | bloom | humaneval | | pass@100 | 0.5545431515723145 | temperature=0.8
inspect/2025-09-23*popularity*.eval | openai/gpt-4o-mini | popularity | | accuracy | 0.63 | stderr=0.048523658709390974; n_items=100; epochs=1; harness_version=0.3.133
inspect/2025-09-23*security-guide*.eval | openai/gpt-4o-mini | security_guide | | accuracy | 0.6875 | stderr=0.11967838846954226; n_items=16; extraction=model_graded_fact
inspect/log_streaming.eval | Meta-Llama-3-1-405B-Instruct-jqf | popularity | | accuracy | 0.75 | stderr=0.25; n_items=2; epochs=2
inspect/data_cyse2*.json | mistral/mistral-large-latest | cyse2_vulnerability_exploit | | accuracy | 0.38108974358974373 | n_items=585; epochs=4
inspect/data_with_llm_scoring.json | anthropic/claude-opus-4-6 | simpleqa_verified | | accuracy | 0.431 | stderr=0.01566794448817344; n_items=1000
inspect/generated/*toy-epochs*.eval | mockllm/model | toy_epochs | | accuracy | 0.16666666666666666 | n_items=6; epochs=4; task_version=1.2.0
inspect/generated/*toy-epochs*.eval | mockllm/model | toy_epochs | | pass@2 | 0.3055555555555555 | n_items=6
inspect/generated/*toy-epochs*.eval | mockllm/model | toy_epochs | | at_least_3 accuracy | 0.0 | n_items=6
inspect/2024-08-29*popularity*.json | mockllm/model | popularity | | accuracy | 0.0 |
inspect/2025-05-12*no-samples.json | openai/gpt-4o-mini | testtaskname | | accuracy | 0.6666666666666666 | item_limit=3.0
helm/*mmlu*/run_spec.json | openai/gpt2 | mmlu | philosophy | exact_match | 0.1111111111111111 | n_items=9; split=test; n_shot=5
helm/*mmlu*/run_spec.json | openai/gpt2 | mmlu | philosophy | exact_match | 0.0 | n_items=1; split=valid
helm/*hellaswag*/run_spec.json | eleutherai/pythia-1b-v0 | hellaswag | | exact_match | 0.3 | n_items=10; split=valid
helm/*hellaswag*/run_spec.json | eleutherai/pythia-1b-v0 | hellaswag | | quasi_exact_match | 0.3 | n_items=10; split=valid
lighteval/*/results_*.json | example-org/dummy-model | toy_geo:capitals | | acc | 0.3333333333333333 | stderr=0.14213381090374033; n_shot=0
lighteval/*/results_*.json | example-org/dummy-model | toy_geo:capitals_b | | acc | 0.0 | task_version=1
lighteval/*/results_*.json | example-org/dummy-model | toy_geo | | acc | 0.16666666666666666 | stderr=0.07106690545187017
opencompass/*.csv | model-a-7b | gsm8k | | accuracy | 61.26 | extraction=gen; engine=hf
opencompass/*.csv | model-b-13b | gsm8k | | accuracy | 70.05 | extraction=gen; engine=vllm
opencompass/*.csv | model-a-7b | triviaqa | | score | 55.31 |
opencompass/*.csv | model-a-7b | math | | accuracy | 25.50 | extraction=mixed
opencompass/*.csv | model-a-7b | math | | naive_average | 25.50 | extraction=mixed
opencompass/*.csv | model-b-13b | math | | naive_average | 30.25 | extraction=mixed
opencompass/mmlu_README.md | llama-3-8b-turbomind | mmlu | | accuracy | 66.43 |
opencompass/mmlu_README.md | llama-3-8b-turbomind | mmlu-stem | | accuracy | 55.95 |
opencompass/mmlu_README.md | llama-3-8b-turbomind | mmlu-social-science | | accuracy | 76.11 |
opencompass/mmlu_README.md | llama-3-8b-turbomind | mmlu-humanities | | accuracy | 70.29 |
opencompass/mmlu_README.md | llama-3-8b-turbomind | mmlu-other | | accuracy | 68.96 |
opencompass/mgsm_README.md | llama-3-8b-instruct | mgsm_en | | accuracy | 76 | prompt_hash=5de71e; extraction=gen; engine=hf
opencompass/mgsm_README.md | llama-3-8b-instruct | mgsm | | naive_average | 40.47 |
opencompass/mgsm_README.md | llama-3-8b-instruct | mgsm_te | | accuracy | 0 |
opencompass/humaneval_README.md | llama-3-8b-turbomind | humaneval | | pass@1 | 28.05 |
opencompass/humaneval_README.md | llama-30b-turbomind | humaneval | | pass@1 | 9.15 |
evalscope/*/iquiz.json | qwen3-max | iquiz | | acc | 0.8 | n_items=20
evalscope/*/iquiz.json | qwen3-max | iquiz | IQ | acc | 1.0 | n_items=10
evalscope/*/iquiz.json | qwen3-max | iquiz | EQ | acc | 0.6 | n_items=10
evalscope/*/ifeval.json | qwen3-max | ifeval | | prompt_level_strict | 0.8 | n_items=10
evalscope/*/ifeval.json | qwen3-max | ifeval | | inst_level_strict | 0.8667 | n_items=10
evalscope/*/ifeval.json | qwen3-max | ifeval | | prompt_level_loose | 0.9 | n_items=10
evalscope/*/ifeval.json | qwen3-max | ifeval | | inst_level_loose | 0.9667 | n_items=10
evalscope/*/gpqa_diamond.json | qwen3-max | gpqa_diamond | | acc | 0.9 | n_items=10; n_shot=0
evalscope/*/gsm8k.json | qwen3-max | gsm8k | | acc | 1.0 | n_items=10; n_shot=4
evalscope/v2/*.json | qwen-plus | general_mcq | | accuracy | 1.0 | n_items=1
evalplus/results.json | OpenCoder-8B-Instruct | HumanEval | | pass@1 | 81.7 |
evalplus/results.json | OpenCoder-8B-Instruct | HumanEval+ | | pass@1 | 77.4 |
evalplus/results.json | OpenCoder-8B-Instruct | MBPP (EvalPlus base) | | pass@1 | 82.0 |
evalplus/results.json | OpenCoder-8B-Instruct | MBPP+ | | pass@1 | 71.4 |
evalplus/results.json | DeepSeek-V3 (Nov 2024) | HumanEval | | pass@1 | 91.5 |
evalplus/results.json | DeepSeek-V3 (Nov 2024) | HumanEval+ | | pass@1 | 86.6 |
evalplus/*/generated_eval_results.json | qwen2.5-coder-7b-base | HumanEval | | pass@1 | 0.6158536585365854 | n_items=164
evalplus/*/generated_eval_results.json | qwen2.5-coder-7b-base | HumanEval+ | | pass@1 | 0.5304878048780488 | n_items=164
bigcodebench/results.json | Magicoder-S-DS-6.7B | BigCodeBench | instruct | pass@1 | 36.2 |
bigcodebench/results.json | Magicoder-S-DS-6.7B | BigCodeBench | complete | pass@1 | 47.6 |
bigcodebench/results-hard.json | Magicoder-S-DS-6.7B | BigCodeBench-Hard | instruct | pass@1 | 13.5 |
bigcodebench/results-hard.json | Magicoder-S-DS-6.7B | BigCodeBench-Hard | complete | pass@1 | 12.8 |
bigcodebench/results.json | Mixtral-8x22B-Base | BigCodeBench | complete | pass@1 | 45.3 |
bigcodebench/results-hard.json | GPT-4.1-Nano-2025-04-14 | BigCodeBench-Hard | instruct | pass@1 | 28.4 |
bigcodebench/results-hard.json | GPT-4.1-Nano-2025-04-14 | BigCodeBench-Hard | complete | pass@1 | 31.8 |
bigcodebench/*/*_hard_eval_results.json | qwen2.5-coder-7b-base | BigCodeBench-Hard | complete | pass@1 | 0.16216216216216217 | n_items=148
bigcodebench/*/hard/results.json | qwen2.5-coder-7b-base | BigCodeBench-Hard | complete | pass@1 | 16.216216216216218 |
bigcodebench/*/full/results.json | qwen2.5-coder-7b-base | BigCodeBench | complete | pass@1 | 45.87719298245614 |
livecodebench/performances_2024_02_26.json | deepseek-ai/deepseek-coder-33b-instruct | LiveCodeBench | | pass@1 | 32.97994269340974 | label=DSCoder-33b-Ins
livecodebench/performances_repair.json | Qwen/Qwen2-72B-Instruct | LiveCodeBench Self-Repair | | pass@1 | 36.11500701262272 | n_items=713
livecodebench/performances_repair.json | gpt-4-turbo-2024-04-09 | LiveCodeBench Self-Repair | | pass@1 | 45.06311360448808 | n_items=713
livecodebench/O1*/*_eval_all.json | O1-Mini-2024-09-12 | LiveCodeBench | | pass@1 | 0.6840909090909091 | n_items=880; temperature=0.2; window_start_on=2023-05-07; window_end_on=2025-01-04
livecodebench/O1*/*_eval_all.json | O1-Mini-2024-09-12 | LiveCodeBench | hard | pass@1 | 0.34814814814814815 | n_items=270
livecodebench/qwq*/results.json | QwQ-32B-Preview | LiveCodeBench | | pass@1 | 0.4774193548387097 | n_items=155
livebench/table_2024_06_24.csv | chatgpt-4o-latest | LiveBench 2024-06-24 | AMPS_Hard | accuracy | 48.0 |
livebench/table_2024_06_24.csv | chatgpt-4o-latest | LiveBench 2024-06-24 | zebra_puzzle | accuracy | 46.0 |
livebench/table_2024_06_24.csv | chatgpt-4o-latest | LiveBench 2024-06-24 | Coding | accuracy | 46.0 |
livebench/table_2024_06_24.csv | chatgpt-4o-latest | LiveBench 2024-06-24 | Reasoning | accuracy | 57.0 |
livebench/table_2024_06_24.csv | chatgpt-4o-latest | LiveBench 2024-06-24 | | accuracy | 55.349 |
livebench/table_2025_11_25.csv | claude-4-1-opus-20250805 | LiveBench 2025-11-25 | Agentic Coding | accuracy | 53.333 |
livebench/table_2025_11_25.csv | claude-4-1-opus-20250805 | LiveBench 2025-11-25 | IF | accuracy | 25.917 |
livebench/table_2025_11_25.csv | claude-4-1-opus-20250805 | LiveBench 2025-11-25 | | accuracy | 59.998 |
livebench/table_2025_04_25.csv | amazon.nova-lite-v1:0 | LiveBench 2025-04-25 | | accuracy | 39.107 |
aider/o1_polyglot*.yml | gpt-4o-mini-2024-07-18 | Aider Polyglot | | pass_rate_2 | 3.6 | n_items=225; extraction=whole
aider/o1_polyglot*.yml | claude-3-5-sonnet-20241022 | Aider Polyglot | | pass_rate_1 | 18.7 | n_items=225
aider/o1_polyglot*.yml | claude-3-5-sonnet-20241022 | Aider Polyglot | | pass_rate_2 | 45.3 | n_items=225
aider/quant.yml | Qwen/Qwen2.5-Coder-32B-Instruct | Aider Code Editing | | pass_rate_1 | 59.4 | n_items=133; quantisation=BF16
aider/quant.yml | Qwen/Qwen2.5-Coder-32B-Instruct | Aider Code Editing | | pass_rate_2 | 71.4 | n_items=133; quantisation=BF16
aider/quant.yml | qwen2.5-coder:32b-instruct | Aider Code Editing | | pass_rate_1 | 58.3 | n_items=132; quantisation=fp16
aider/quant.yml | qwen2.5-coder:32b-instruct | Aider Code Editing | | pass_rate_2 | 71.4 | n_items=132; quantisation=fp16
aider/r1_architect.yml | R1 | Aider Polyglot | | pass_rate_2 | 64.0 | extraction=architect
aider/r1_architect.yml | R1 | Aider Polyglot | | pass_rate_2 | 56.9 | extraction=diff
aider/refactor*.yml | claude-3-opus-20240229 | Aider Refactoring | | pass_rate_1 | 72.3 | n_items=83
swebench/*2025-10.json | TRAE + Doubao-Seed-Code | SWE-bench Verified | | resolved_rate | 78.8 |
swebench/*first-schema.json | Augment Agent v0 | SWE-bench Verified | | resolved_rate | 65.4 |
swebench/*info_for*.json | gpt-5 | SWE-bench Verified | | resolved_rate | 0.65 | n_items=500
swebench/*info_for*.json | gpt-5-mini | SWE-bench Verified | | resolved_rate | 0.598 | n_items=500
swebench/*info_for*.json | sonnet-4 | SWE-bench Verified | | resolved_rate | 0.648 | n_items=500
swebench/*info_for*.json | sonnet-4-5 | SWE-bench Verified | | resolved_rate | 0.706 | n_items=500
swebench/experiments/*gpt-4o*/results/results.json | gpt-4o-2024-05-13 | SWE-bench-java-verified | | resolved_rate | 0.06593406593406594 | n_items=91
swebench/experiments/*deepseek*/results/results.json | deepseek-coder-v2 | SWE-bench-java-verified | | resolved_rate | 0.07692307692307693 | n_items=91
mteb/*e5-small*/STS12.json | intfloat/multilingual-e5-small | STS12 | | main_score | 0.780543 | split=test; harness_version=1.36.26
mteb/*e5-small*/ArguAna.json | intfloat/multilingual-e5-small | ArguAna | | main_score | 0.39088 |
mteb/*e5-small*/ArguAna.json | intfloat/multilingual-e5-small | ArguAna | | ndcg_at_10 | 0.39088 |
mteb/*e5-small*/Banking77*.json | intfloat/multilingual-e5-small | Banking77Classification | | main_score | 0.706396 |
mteb/*e5-small*/STS17.json | intfloat/multilingual-e5-small | STS17 | en-en | main_score | 0.871582 |
mteb/*e5-small*/STS17.json | intfloat/multilingual-e5-small | STS17 | es-en | main_score | 0.729968 |
mteb/*e5-small*/STS17.json | intfloat/multilingual-e5-small | STS17 | es-es | main_score | 0.852723 |
mteb/*e5-small*/AmazonReviews*.json | intfloat/multilingual-e5-small | AmazonReviewsClassification | de | main_score | 0.40684 | split=validation
mteb/*e5-small*/AmazonReviews*.json | intfloat/multilingual-e5-small | AmazonReviewsClassification | de | main_score | 0.40142 | split=test
mteb/*e5-small*/AmazonReviews*.json | intfloat/multilingual-e5-small | AmazonReviewsClassification | en | main_score | 0.45228 | split=test
mteb/*gte-Qwen*/AFQMC.json | Alibaba-NLP/gte-Qwen1.5-7B-instruct | AFQMC | | cos_sim_spearman | 0.5847419994907959 | split=validation; harness_version=1.2.0
mteb/*text-embedding-3*/Amazon*.json | openai/text-embedding-3-small | AmazonCounterfactualClassification | en | accuracy | 0.7641791045 | split=test; harness_version=None
mteb/*F2LLM*/AILACasedocs.json | codefuse-ai/F2LLM-v2-80M | AILACasedocs | | main_score | 0.19436 | harness_version=2.6.7
mteb/*F2LLM*/experiments/*/AILACasedocs.json | codefuse-ai/F2LLM-v2-80M | AILACasedocs | | main_score | 0.20234 | harness_version=2.12.34
hf_model_index/generated/*card.md | multilingual-e5-small | STS12 | | cosine_spearman | 0.780543 |
hf_model_index/generated/*card.md | multilingual-e5-small | ArguAna | | ndcg_at_10 | 0.39088 |
hf_model_index/sample_simple*.md | my-cool-model | Beans | | accuracy | 0.9 |
hf_model_index/sample_simple*.md | my-cool-model | Beans | | f1 | 0.66 | split=test
hf_eval_results/*/hle.yaml | Vedika-4.1-flash | cais/hle | | score | 5.2 | label=No tools
hf_eval_results/*/gpqa.yaml | Vedika-4.1-flash | Idavidrein/gpqa | diamond | score | 78.8 |
hf_eval_results/*/aime_2026.yaml | Vedika-4.1-flash | MathArena/aime_2026 | | score | 77.5 |
hf_eval_results/*/mmlu_pro.yaml | Vedika-4.1-flash | TIGER-Lab/MMLU-Pro | | score | 77.2 |
hf_eval_results/*/mmmu_pro.yaml | Vedika-4.1-flash | MMMU/MMMU_Pro | | score | 69.1 |
every_eval_ever/98ea*.json | TencentARC/LLaMA-Pro-8B-Instruct | IFEval | | Accuracy | 0.4486 |
every_eval_ever/98ea*.json | TencentARC/LLaMA-Pro-8B-Instruct | BBH | | Accuracy | 0.4224 |
every_eval_ever/98ea*.json | TencentARC/LLaMA-Pro-8B-Instruct | MATH Level 5 | | Exact Match | 0.0249 |
every_eval_ever/flat/*.json | 01-ai/yi-1.5-34b-chat | MMLU-Pro | | accuracy | 0.5229 |
every_eval_ever/flat/*.json | 01-ai/yi-1.5-34b-chat | MMLU-Pro | Biology | accuracy | 0.7141 |
every_eval_ever/*Qwen2.5-7B-Instruct/*.json | Qwen/Qwen2.5-7B-Instruct | IFEval | | Accuracy | 0.7585 |
every_eval_ever/*Qwen2.5-7B-Instruct/*.json | Qwen/Qwen2.5-7B-Instruct | BBH | | Accuracy | 0.5394 |
every_eval_ever/*Qwen2.5-7B-Instruct/*.json | Qwen/Qwen2.5-7B-Instruct | MATH Level 5 | | Exact Match | 0.5 |
every_eval_ever/*Qwen2.5-7B-Instruct/*.json | Qwen/Qwen2.5-7B-Instruct | GPQA | | Accuracy | 0.2911 |
every_eval_ever/*livecodebenchpro*.json | alibaba/qwen3-30b-a3b | Live Code Bench Pro | Hard Problems | Pass@1 | 0.0 |
every_eval_ever/*livecodebenchpro*.json | alibaba/qwen3-30b-a3b | Live Code Bench Pro | Medium Problems | Pass@1 | 0.028169014084507043 |
every_eval_ever/*livecodebenchpro*.json | alibaba/qwen3-30b-a3b | Live Code Bench Pro | Easy Problems | Pass@1 | 0.5774647887323944 |
every_eval_ever/*demo-model/*.json | demo-org/demo-model | demo_bench | | accuracy | 0.75 |
papers_with_code/snli.json | 100D LSTM encoders | SNLI | | % Test Accuracy | 77.6 |
papers_with_code/snli.json | 100D LSTM encoders | SNLI | | % Train Accuracy | 84.8 |
papers_with_code/record.json | LUKE (single model) | ReCoRD | | EM | 90.640 |
papers_with_code/record.json | LUKE (single model) | ReCoRD | | F1 | 91.209 |
papers_with_code/coqa.json | RoBERTa + AT + KD (ensemble) | CoQA (Conversational Question Answering Challenge) | | OVERALL | 90.7 |
epoch/benchmarks_runs.csv | gpt-5.1 | GPQA diamond | | accuracy | 0.850 | stderr=0.02; extraction=choice; task_version=1.0.1; reasoning_effort=medium
epoch/*aider_polyglot.csv | gpt-5-2025-08-07 | Aider polyglot | | percent correct | 88.0 | reasoning_effort=high
epoch/*terminal_bench.csv | claude-sonnet-4-5-20250929 | Terminal-Bench | | accuracy | 64.5 | stderr=0.6
epoch/*gsm8k.csv | Palmyra X (43B) | GSM8K | | EM | 63.3 | n_shot=5
epoch/*metr.csv | claude-3-5-sonnet-20240620 | METR time horizons | | time horizon (minutes) | 18.21683 | interval_lower=9.492954; interval_upper=34.472569
epoch/*metr.csv | claude-3-5-sonnet-20240620 | METR time horizons | | average_score | 0.476797 |
llm_stats/*gpt-4o-2024-08-06/benchmarks.json | gpt-4o-2024-08-06 | AI2D | | score | 0.942 | split=test
llm_stats/*gpt-4o-2024-08-06/benchmarks.json | gpt-4o-2024-08-06 | Aider-Polyglot | | Accuracy | 0.307 |
llm_stats/*gpt-4o-2024-08-06/benchmarks.json | gpt-4o-2024-08-06 | AIME 2024 | | Accuracy | 0.131 |
llm_stats/*deepseek-r1-0528/benchmarks.json | deepseek-r1-0528 | GPQA | | Pass@1 | 0.81 |
llm_stats/*deepseek-r1-0528/benchmarks.json | deepseek-r1-0528 | Humanity's Last Exam | text-only | Pass@1 | 0.177 |
llm_stats/*deepseek-r1-0528/benchmarks.json | deepseek-r1-0528 | MMLU-Pro | | score | 0.85 |
simple_evals/README.md | o3 | MMLU | | accuracy | 93.3 | reasoning_effort=high
simple_evals/README.md | o3 | GPQA | diamond | accuracy | 83.4 | reasoning_effort=high
simple_evals/README.md | o3 | MATH-500 | | accuracy | 98.1 | reasoning_effort=high
simple_evals/README.md | o3 | HumanEval | | pass@1 | 88.4 | reasoning_effort=high
simple_evals/README.md | o3 | MGSM | | accuracy | 92.0 | reasoning_effort=high
simple_evals/README.md | o3 | DROP | | f1 | 89.8 | reasoning_effort=high
simple_evals/README.md | o3 | SimpleQA | | accuracy | 48.6 | reasoning_effort=high
simple_evals/README.md | o1-mini | SimpleQA | | accuracy | 7.6 |
simple_evals/multilingual*.md | o3 | Multilingual MMLU | Arabic | accuracy | 0.904 | reasoning_effort=high
simple_evals/multilingual*.md | gpt-4.1-nano-2025-04-14 | Multilingual MMLU | Arabic | accuracy | 0.659 |
simple_evals/multilingual*.md | o1 | Multilingual MMLU | | accuracy | 0.877 |
alpaca_eval/data_AlpacaEval_2/*.csv | NullModel | AlpacaEval 2 | | win_rate | 76.91979180386511 | stderr=0.9090102449662572; n_items=805
alpaca_eval/data_AlpacaEval_2/*.csv | NullModel | AlpacaEval 2 | | length_controlled_winrate | 86.45780691307947 | n_items=805
alpaca_eval/data_AlpacaEval/*.csv | gpt4_1106_preview | AlpacaEval 1 | | win_rate | 97.69900497512438 | n_items=804
alpaca_eval/*/annotations.json | text_davinci_001 | AlpacaEval 1 | | win-rate | 0.1517412935323383 | n_items=804
bfcl/v4/*data_overall.csv | openai/gpt-oss-120b | BFCL v4 | | accuracy | 33.06 | scaffold=FC; engine=vLLM
bfcl/v4/*data_overall.csv | openai/gpt-oss-120b | BFCL v4 | Live | accuracy | 73.72 |
bfcl/v4/*data_overall.csv | openai/gpt-oss-120b | BFCL v4 | | Total Cost ($) | 2.07 |
bfcl/v4/*data_overall.csv | openai/gpt-oss-20b | BFCL v4 | | accuracy | 32.06 |
bfcl/v4/*live_relevance_score.json | openai/gpt-oss-20b | BFCL v4 | live_relevance | accuracy | 0.875 | n_items=16
bfcl/2024-08/*executable_simple_score.json | gpt-4o-2024-05-13 | BFCL | executable_simple | accuracy | 0.96 | n_items=100
bfcl/2024-07/data.csv | Claude-3.5-Sonnet-20240620 | BFCL v1 | | accuracy | 90.18 | scaffold=Prompt
markdown/DeepSeek-R1_README.md | DeepSeek R1 | MATH-500 | | Pass@1 | 97.3 |
markdown/DeepSeek-R1_README.md | OpenAI o1-1217 | MATH-500 | | Pass@1 | 96.4 |
markdown/DeepSeek-R1_README.md | GPT-4o 0513 | MATH-500 | | Pass@1 | 74.6 |
markdown/DeepSeek-R1_README.md | DeepSeek R1 | Codeforces | | Rating | 2029 |
markdown/DeepSeek-R1_README.md | DeepSeek-R1-Distill-Qwen-7B | AIME 2024 | | pass@1 | 55.5 |
markdown/DeepSeek-R1_README.md | DeepSeek-R1-Distill-Qwen-7B | AIME 2024 | | cons@64 | 83.3 |
markdown/DeepSeek-R1_README.md | DeepSeek-R1-Distill-Qwen-7B | GPQA Diamond | | pass@1 | 49.1 |
markdown/DeepSeek-R1_README.md | DeepSeek-R1-Distill-Qwen-7B | LiveCodeBench | | pass@1 | 37.6 |
markdown/DeepSeek-R1_README.md | DeepSeek-R1-Distill-Qwen-7B | CodeForces | | rating | 1189 |
markdown/lm_eval_logs/Hermes*.md | Hermes-2-Theta-Llama-3-70B | arc_challenge | | acc | 0.6638 | stderr=0.0138
markdown/lm_eval_logs/Hermes*.md | Hermes-2-Theta-Llama-3-70B | arc_challenge | | acc_norm | 0.6903 |
markdown/lm_eval_logs/Mistral*.md | Mistral-7B-Base | arc_challenge | | acc | 0.5026 | stderr=None
markdown/lm_eval_logs/Mistral*.md | Mistral-7B-Base | agieval_aqua_rat | | acc | 0.2244 | stderr=0.0262
markdown/llama3_1_MODEL_CARD.md | Llama 3 8B | MMLU | | macro_avg/acc_char | 66.7 | n_shot=5
markdown/llama3_1_MODEL_CARD.md | Llama 3.1 8B | MMLU | | macro_avg/acc_char | 66.7 | n_shot=5
latex/main_results.tex | Gemini 3.1 Pro | MTEB | Cls | main_score | 85.2 |
latex/main_results.tex | Gemini 3.1 Pro | MTEB | Clust | main_score | 66.6 |
latex/main_results.tex | Gemini 3.1 Pro | MTEB | STS | main_score | 88.5 |
latex/main_results.tex | Gemini 3.1 Pro | MTEB | PairCls | main_score | 83.2 |
latex/main_results.tex | Gemini 3.1 Pro | MTEB | Retr | main_score | 64.5 |
latex/main_results.tex | Gemini 3.1 Pro | MTEB | Overall | main_score | 77.6 |
latex/main_results.tex | SFR-2 | MTEB | Overall | main_score | 73.9 |
latex/full_results_by_category.tex | Gemini 3.1 Pro | MTEB | Overall | main_score | 77.6 |
latex/full_results_by_category.tex | Jina-v5-S | MTEB | Overall | main_score | 74.4 |
"""
SAID: dict[str, dict[str, str]] = {
    "lm_eval_legacy/bigscience/bloom_bslmeval.json": {"model": "=bloom"},
    "lm_eval_legacy/bigscience/bloom_humaneval_*.json": {"model": "=bloom"},
    "evalplus/*/*/generated_eval_results.json": {"model": "=qwen2.5-coder-7b-base"},
    "bigcodebench/*/*/*.json": {"model": "=qwen2.5-coder-7b-base", "subset": "=complete"},
    "livecodebench/qwq-32b-preview/results.json": {"model": "=QwQ-32B-Preview"},
    "opencompass/mmlu_README.md": {"metric": "=accuracy", "table": "=1"},
    "opencompass/humaneval_README.md": {"benchmark": "=humaneval", "table": "=1"},
    "markdown/DeepSeek-R1_README.md": {},
    "markdown/lm_eval_logs/Hermes*.md": {"model": "=Hermes-2-Theta-Llama-3-70B"},
    "markdown/lm_eval_logs/Mistral*.md": {"model": "=Mistral-7B-Base"},
    "markdown/llama3_1_MODEL_CARD.md": {"table": "=3"},
    "latex/main_results.tex": {"metric": "=main_score", "benchmark": "=MTEB"},
    "latex/full_results_by_category.tex": {"metric": "=main_score", "benchmark": "=MTEB"},
}
"""Files that do not say everything → what is said for them."""


@dataclass(frozen=True)
class Fact:
    """One score of a file, as it stands there."""

    file: str
    model: str
    benchmark: str
    subset: str
    metric: str
    value: str
    further: dict[str, str]

    @property
    def folder(self) -> str:
        """The folder of the format."""
        return self.file.partition("/")[0]

    def is_met_by(self, row: Any) -> bool:
        """Return whether a score is this one; one of up to three decimals is compared as printed, a mean of ours but for its last bits."""
        decimals = len(self.value.partition(".")[2])
        stated = round(row.value, decimals) if decimals <= 3 else row.value
        return (
            math.isclose(stated, float(self.value), rel_tol=1e-14)
            and fnmatch(row.name, f"*/samples/{self.file}")
            and (row.model_label, row.benchmark_label, row.subset, row.metric_label)
            == (self.model, self.benchmark, self.subset, self.metric)
            and all(str(getattr(row, name)) == value for name, value in self.further.items())
        )


def facts() -> Iterator[Fact]:
    """Yield the facts."""
    for line in FACTS.strip().splitlines():
        *parts, further = (part.strip() for part in line.split(" |"))
        file, model, benchmark, subset, metric, value = parts
        pairs = (pair.partition("=") for pair in further.split("; ") if pair)
        yield Fact(file, model, benchmark, subset, metric, value, {name: value for name, _, value in pairs})


def load(db: Engine, folder: Path) -> None:
    """Import a folder, and what needs words of its own with them."""
    ingest(db, [folder], options=ReadOptions(all_metrics=True))
    for pattern, columns in SAID.items():
        if pattern.startswith(f"{folder.name}/"):
            paths = sorted(path for path in folder.parent.glob(pattern) if path.suffix != ".csv")
            options = ReadOptions(columns=columns, score_unit=ScoreUnit.PERCENT, all_metrics=True)
            ingest(db, paths, options=options)


@pytest.mark.parametrize("folder", sorted({fact.folder for fact in facts()}))
def test_scores_of_the_real_files(folder: str, shared_samples: Path, db: Engine) -> None:
    """Each score that was read by hand is in the database once, with the settings and the error that the file states."""
    load(db, shared_samples / folder)
    statement = (
        select(
            *Score.__table__.columns, Run.model_label, Run.benchmark_label, Run.subset, Run.label, Ingest.name,
            *(column for column in Protocol.__table__.columns if column.name not in {"protocol_id", "samples_per_item"}),
            Protocol.samples_per_item.label("epochs"),
        )
        .join(Run, Run.run_id == Score.run_id)
        .join(Protocol, Protocol.protocol_id == Run.protocol_id)
        .join(Ingest, Ingest.ingest_id == Score.ingest_id)
    )  # fmt: skip
    with db.connect() as connection:
        rows = connection.execute(statement).all()
    missing = [fact for fact in facts() if fact.folder == folder and not any(fact.is_met_by(row) for row in rows)]
    assert missing == []


def runs_of(folder: Path, pattern: str, **options: Any) -> list[RunRecord]:
    """Return the runs of the one file that a pattern names."""
    (path,) = folder.glob(pattern)
    found = recognise(path).read(path, ReadOptions(**options))
    return [record for record in found if isinstance(record, RunRecord)]


def outcomes(runs: list[RunRecord]) -> list[tuple[int, int | None]]:
    """Return items and right attempts of each run."""
    return [
        (len(block.keys), sum(mark or 0 for mark in block.n_correct) if block.n_correct is not None else None)
        for run in runs
        for block in run.outcomes
    ]


def test_sizes_of_models(shared_samples: Path) -> None:
    """Sizes are counts, whether a file has a number or a text of billions."""
    folder = shared_samples / "every_eval_ever"
    for pattern, size in (
        ("98ea850e-*.json", 8_357_000_000),
        ("data/hfopenllm_v2/Qwen/*/*.json", 7_616_000_000),
        ("flat/objects/67/6f/676f4465-*.json", 34_000_000_000),
    ):
        assert {run.model.n_parameters for run in runs_of(folder, pattern)} == {size}
    (model,) = {run.model for run in runs_of(shared_samples / "mteb", "results/intfloat*/*/STS12.json")}
    assert (model.n_parameters, model.released_on) == (118_000_000, date(2024, 2, 8))
    (run,) = runs_of(shared_samples / "mteb", "results/intfloat*/*/STS12.json")
    assert (run.raw or {})["model"]["n_embedding_parameters"] == 96_014_208  # type: ignore[index]  # JSON


def test_numbers_of_outcomes(shared_samples: Path) -> None:
    """Items and right attempts are those that were counted in the files."""
    boards = shared_samples / "livecodebench"
    first, repair = (outcomes(runs_of(boards, f"performances_{name}.json")) for name in ("2024_02_26", "repair"))
    assert sorted(n for n, _ in first) == [348, *[349] * 15]
    assert [n for n, _ in repair] == [713] * 17
    named: dict[str, Any] = {"columns": {"model": "=qwen2.5-coder-7b-base", "subset": "=complete"}}
    assert outcomes(runs_of(shared_samples / "bigcodebench", "*/hard/*_eval_results.json", **named)) == [(148, 24)]
    assert outcomes(runs_of(shared_samples / "evalplus", "*/*/generated_eval_results.json", **named)) == [
        (164, 101),
        (164, 87),
    ]
    (annotated,) = runs_of(shared_samples / "alpaca_eval", "results/text_davinci_001/*/annotations.json")
    (block,) = annotated.outcomes
    assert Counter(block.values or ()) == {0.0: 672, 1.0: 112, 0.5: 20}
    (submission,) = runs_of(shared_samples / "swebench", "experiments/**/*gpt-4o-2024-05-13/results/results.json")
    assert outcomes([submission]) == [(91, 6)]
    raw = submission.raw or {}
    assert (raw["submitted_instances"], raw["completed_instances"], raw["empty_patch_instances"]) == (85, 82, 3)
    inspect_folder = shared_samples / "inspect"
    assert outcomes(runs_of(inspect_folder, "2025-09-23*popularity*.eval")) == [(100, 63)]
    assert outcomes(runs_of(shared_samples / "lm_eval", "eee*/results_*.json")) == [(10, 0)]


def test_costs_of_instances(shared_samples: Path) -> None:
    """An instance that a system left unsolved is wrong; cost and calls are means over the 500 instances, as Python's sum has them."""
    folder = shared_samples / "swebench" / "website"
    told = json.loads((folder / "info_for_leaderboard.json").read_text())
    assert told["gpt-5"]["django__django-11532"] == {"resolved": False, "cost": 0.1944235, "api_calls": 12}
    for run in runs_of(folder, "info_for_leaderboard.json", all_metrics=True):
        of_model = told[run.model.name].values()
        found = {score.metric: score for score in run.scores}
        assert found["instance_cost"].value == pytest.approx(sum(each["cost"] for each in of_model) / 500)
        assert found["instance_calls"].value == pytest.approx(sum(each["api_calls"] for each in of_model) / 500)
        assert found["instance_cost"].unit == ScoreUnit.USD
        (block,) = run.outcomes
        marks = dict(zip(block.keys, block.n_correct or (), strict=True))
        assert len(marks) == 500
        assert run.model.name != "gpt-5" or marks["django__django-11532"] == 0


def test_rows_and_dates(shared_samples: Path) -> None:
    """Two data sets of 47 and 7 rows; arguments of a data set stay; a clock that counts seconds is no date."""
    rows = runs_of(shared_samples / "papers_with_code", "cmrc.json")
    assert sorted(Counter(run.benchmark.name for run in rows).values()) == [7, 47]
    (_, beans) = runs_of(shared_samples / "hf_model_index", "sample_simple_model_index.md")
    assert (beans.raw or {})["dataset"]["args"] == {"date": 20220120}  # type: ignore[index]  # JSON
    for run in runs_of(shared_samples / "lighteval", "generated/results/**/results_*.json"):
        assert (run.ran_at, run.protocol.item_limit, run.protocol.harness_version) == (None, None, None)
