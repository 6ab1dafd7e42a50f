select source_name from marts.rpt_load_health
union
select source_name from marts.rpt_data_quality
order by source_name
